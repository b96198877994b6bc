from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedFilesOnlyStorage(CompressedManifestStaticFilesStorage):
    # Some wheels' style sheets name source maps that they don't ship.
    manifest_strict = False

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self._urls: dict[str, str] = {}

    def url(self, name: str, force: bool = False) -> str:
        """The collected files don't change while the site runs, so an address is worked out once."""
        if force or not self.hashed_files:
            return super().url(name, force)
        if name not in self._urls:
            self._urls[name] = super().url(name)
        return self._urls[name]
