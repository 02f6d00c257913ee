"""The ground floor: small modules that every part of people and streams uses."""
