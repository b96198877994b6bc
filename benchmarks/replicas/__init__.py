"""One primary, two streaming replicas, one of them 30 s late; then the primary is killed. See __main__.py."""
