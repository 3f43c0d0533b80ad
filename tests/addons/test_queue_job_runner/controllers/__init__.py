from . import derived, other, patched
