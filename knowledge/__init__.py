"""What the policy says and where: articles, the passages cut from them, and finding the ones that answer."""
