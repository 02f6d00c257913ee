"""The ground floor: what every part of people and streams stands on."""
