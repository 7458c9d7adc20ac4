"""What the API takes and gives, as frozen dataclasses: rates are decimals, days dates; what is new is passed over."""
