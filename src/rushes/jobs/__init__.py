"""Where the work runs: here, in this process. A job is a folder, so nothing of it is lost when the process is."""
