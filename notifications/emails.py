from notifications import kinds

# What Django itself sends, such as the error reports of mail_admins(); see backends.OutboxBackend.
kinds.register("system", label="Your account", transactional=True, secret=True)
