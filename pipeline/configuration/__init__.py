"""Where the values of flags come from: the command line, the environment, a file or a default."""
