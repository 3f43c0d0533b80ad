from . import models, components
