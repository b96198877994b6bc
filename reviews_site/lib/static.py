from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedFilesOnlyStorage(CompressedManifestStaticFilesStorage):
    # Some wheels' style sheets name source maps that they don't ship.
    manifest_strict = False
