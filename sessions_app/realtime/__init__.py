"""The realtime transport and the one consumer that the apps' event handlers are called from."""
