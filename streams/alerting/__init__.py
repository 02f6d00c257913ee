"""How alerts come to be: rules held against what cameras see, against what does not happen, and against last week."""
