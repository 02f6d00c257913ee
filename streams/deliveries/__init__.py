"""What programs do with channels: the API of channels, and of the deliveries to them."""
