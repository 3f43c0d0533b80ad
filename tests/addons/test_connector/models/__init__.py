from . import shop_backend
from . import shop_binding
from . import shop_category
from . import shop_note
from . import shop_order
from . import shop_partner
from . import shop_wishlist
