"""The addons' translations fit their terms, and nothing of them is left out."""

import re

import polib
import pytest

from setup import addons, paths, translations

SUITE = addons.in_folder(paths.CHECKOUT)
PLACEHOLDER = re.compile(
    r"%(?:\(\w+\))?[#0 +-]*[\d.]*[srdiufgeExX%]|\{\w*\}|</?\w+(?=[\s/>])"
)
FILES = [
    pytest.param(addon, language, id=f"{addon.name}-{language}")
    for addon in SUITE.values()
    for language in translations.LANGUAGES
    if translations.template_path(addon).exists()
]


@pytest.mark.parametrize(("addon", "language"), FILES)
def test_every_term_is_translated(addon, language):
    assert translations.untranslated(addon, language) == []


@pytest.mark.parametrize(("addon", "language"), FILES)
def test_a_translation_keeps_placeholders_and_markup(addon, language):
    for entry in polib.pofile(str(translations.language_path(addon, language))):
        wanted = sorted(PLACEHOLDER.findall(entry.msgid))
        assert sorted(PLACEHOLDER.findall(entry.msgstr)) == wanted, entry.msgid


def test_the_templates_are_what_odoo_exports(odoo, postgresql):
    exported = translations.export(SUITE.values(), odoo)
    assert translations.stale_templates(SUITE.values(), exported) == []


def test_a_merge_keeps_what_is_translated_and_drops_what_is_gone(tmp_path):
    addon = addons.Addon("shop", tmp_path, (), {})
    template = polib.POFile()
    template.append(polib.POEntry(msgid="Kept"))
    template.append(polib.POEntry(msgid="Gone"))
    translations.write(addon, str(template))
    language = polib.pofile(str(translations.language_path(addon, "fr")))
    for entry in language:
        entry.msgstr = f"fr {entry.msgid}"
    language.save()
    template.remove(template.find("Gone"))
    template.append(polib.POEntry(msgid="New"))
    translations.write(addon, str(template))
    merged = polib.pofile(str(translations.language_path(addon, "fr")))
    assert {entry.msgid: entry.msgstr for entry in merged} == {
        "Kept": "fr Kept",
        "New": "",
    }
    assert translations.untranslated(addon, "fr") == ["New"]
