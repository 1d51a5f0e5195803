"""The job: command line, plan, graph and run. May import transforms."""
