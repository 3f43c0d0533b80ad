from . import backend_reference
