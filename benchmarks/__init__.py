"""What reruns the numbers in the README."""
