from . import test_anchors
