"""zhiwei sandbox: what is done for those who embed the platform."""
