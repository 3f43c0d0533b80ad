import subprocess
import sys
from datetime import datetime, timedelta, timezone

import pytest

from .. import Machine, Settings
from ..settings import EPOCH
from . import ROOT


def test_the_default_sizes_are_those_of_an_office():
    data = Machine().data()
    sizes = {kind: len(records) for kind, records in data.items()}
    assert sizes == {"recipes": 120, "badges": 40, "brews": 2000}


def test_the_same_seed_gives_the_same_data_in_another_process():
    code = (
        "from coffee_machine import Machine, Settings\n"
        "import json; print(json.dumps(Machine(Settings(seed=7)).data()))"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={"PYTHONHASHSEED": str(hash_seed)},
            check=True,
            capture_output=True,
        ).stdout
        for hash_seed in (1, 2)
    }
    assert len(runs) == 1


def test_another_seed_gives_other_data():
    one, other = Machine(Settings(seed=1)), Machine(Settings(seed=2))
    assert one.data()["brews"] != other.data()["brews"]
    assert one.info()["serial"] != other.info()["serial"]


def test_the_number_of_brews_does_not_change_recipes_and_badges():
    few, many = Machine(Settings(brews=1)), Machine(Settings(brews=500))
    assert few.data()["recipes"] == many.data()["recipes"]
    assert few.data()["badges"] == many.data()["badges"]


@pytest.mark.parametrize(
    "epoch", [EPOCH, datetime(2027, 5, 6, 23, 59, 59, tzinfo=timezone.utc)]
)
def test_brews_spread_over_the_90_days_before_the_epoch(epoch):
    store = Machine(Settings(epoch=epoch)).store
    moments = [brew.brewed_at for brew in store.brews.all()]
    assert epoch - timedelta(days=90) <= min(moments)
    assert max(moments) <= epoch
    assert max(moments) - min(moments) > timedelta(days=80)
    assert all(recipe.updated_at < min(moments) for recipe in store.recipes.all())
    assert all(badge.updated_at < min(moments) for badge in store.badges.all())


def test_names_emails_and_ids_are_unique_in_any_size():
    store = Machine(Settings(recipes=1000, badges=2000, brews=10)).store
    recipes, badges = store.recipes.all(), store.badges.all()
    assert len({recipe.name for recipe in recipes}) == 1000
    assert len({badge.holder_email for badge in badges}) == 2000
    assert all(badge.holder_email.isascii() for badge in badges)
    assert "soren.obrien@example.com" in {badge.holder_email for badge in badges}


def test_brews_name_recipes_and_badges_that_exist():
    store = Machine().store
    for brew in store.brews.all():
        recipe = store.recipes.get(brew.recipe_id)
        assert brew.price_cents == recipe.price_cents
        assert store.badges.get(brew.badge_id)


def test_recipes_of_one_menu_share_their_moment():
    moments = [recipe.updated_at for recipe in Machine().store.recipes.all()]
    assert len(set(moments)) == 10


@pytest.mark.parametrize(
    "wrong",
    [
        {"firmware": 3},
        {"brews": -1},
        {"recipes": 0},
        {"badges": 0},
        {"token_ttl": 0},
        {"epoch": datetime(2026, 1, 1)},
    ],
)
def test_settings_that_make_no_sense_are_refused(wrong):
    with pytest.raises(ValueError, match=r"\w+ \w+"):
        Settings(**wrong)
