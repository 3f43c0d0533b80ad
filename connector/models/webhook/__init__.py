from . import endpoint
from . import event
