from . import (
    test_channel_config,
    test_engine_channels,
    test_engine_claim,
    test_engine_control,
    test_engine_locked,
    test_engine_rescue,
    test_engine_run,
    test_engine_session,
    test_engine_wake,
    test_pictures,
    test_routes,
    test_tour,
)
