"""What all auth strategies have in common."""

import requests
from requests.auth import AuthBase


class Auth(AuthBase):
    """Base of the auth strategies: an auth object of :mod:`requests`.

    :meth:`__call__` adds the credentials to a prepared request and returns it.
    """

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request

    def renew(self, request: requests.PreparedRequest) -> bool:
        """Get other credentials, as those of ``request`` were refused with 401.

        :return: whether there are any, so that the request is to be sent again
        """
        return False


class NoAuth(Auth):
    """For public APIs and for login requests."""
