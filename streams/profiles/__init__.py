"""The page of one person for operators: where and when they were seen, day by day, with pictures."""
