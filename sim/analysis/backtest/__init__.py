"""What the back-test found: chances of what came, scores, other forecasters. Nothing that fits parameters may import it."""
