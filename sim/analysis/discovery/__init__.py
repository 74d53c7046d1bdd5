"""Discovery: values of the inputs at which something comes often, as boxes and as a tree, checked on histories not searched."""
