"""The command line, by what people come to do; `zhiwei --help` lists it, `__main__` puts it together."""
