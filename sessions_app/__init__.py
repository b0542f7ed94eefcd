"""Live sessions and the realtime transport; every other app may import this one."""
