from . import model, throttle
