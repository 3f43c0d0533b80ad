from odoo.tests import BaseCase, tagged

from ..versions import is_more_specific, parse_specifier, parse_version, serves


@tagged("post_install", "-at_install")
class TestVersions(BaseCase):
    def test_versions_are_compared_as_numbers(self):
        self.assertTrue(serves(">=2.9", "2.10"))
        self.assertFalse(serves("<2.9", "2.10"))
        self.assertTrue(serves("==1.7", "1.7.0"))

    def test_a_pre_release_is_served(self):
        self.assertTrue(serves(">=2", "3.0rc1"))

    def test_the_range_inside_another_is_more_specific(self):
        for narrow, wide in (
            ("==2.1", ">=2,<3"),
            ("==2.*", ">=2"),
            ("~=2.2", ">=2,<3"),
            (">=2,<3", ">=2"),
            (">2", ">=2"),
            ("<3", "<=3"),
            (">=2", None),
            ("==2.*", "!=1.0"),
        ):
            with self.subTest(narrow=narrow, wide=wide):
                self.assertTrue(is_more_specific(narrow, wide))
                self.assertFalse(is_more_specific(wide, narrow))

    def test_ranges_that_overlap_are_not_comparable(self):
        for one, other in (
            (">=1,<3", ">=2,<4"),
            (">=2", "<3"),
            ("==2.*", ">=2,<3"),
            (None, None),
        ):
            with self.subTest(one=one, other=other):
                self.assertFalse(is_more_specific(one, other))
                self.assertFalse(is_more_specific(other, one))

    def test_what_is_no_version_is_said_to_be_none(self):
        with self.assertRaisesRegex(ValueError, "'2 or so' is not a version specifier"):
            parse_specifier("2 or so")
        with self.assertRaisesRegex(ValueError, "'latest' cannot be compared"):
            parse_version("latest")
