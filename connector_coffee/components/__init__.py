from . import base
from . import adapter
from . import mapper_recipe
from . import mapper_badge
from . import mapper_brew
from . import importer
from . import exporter
from . import listener
