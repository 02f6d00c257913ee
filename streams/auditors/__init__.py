"""What auditors see of the audit: who looked at whom, what somebody did, and unusual use."""
