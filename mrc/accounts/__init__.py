"""Accounts: who signs in, with which roles in which scopes, in which sessions."""
