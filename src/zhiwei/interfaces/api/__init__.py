"""The open API: partners push data, apply, accept, draw and repay by HTTP."""

from zhiwei.interfaces.api.app import create_app

__all__ = ["create_app"]
