"""The tests: they mirror the package, and tests/e2e drives the whole bot through the stand-ins."""
