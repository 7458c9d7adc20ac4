"""zhiwei sandbox and webhook: what is done for those who embed the platform."""
