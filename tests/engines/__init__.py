"""The command on other engines: `./check --engines`; each gives the tables of the local run."""
