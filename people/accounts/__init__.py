"""Who calls and what they may: API keys, tokens, rights and limits."""
