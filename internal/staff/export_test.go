package staff

// HoldHashing keeps passwords from being hashed until release is called.
func HoldHashing() (release func()) {
	for range hashesAtOnce {
		hashing <- struct{}{}
	}
	return func() {
		for range hashesAtOnce {
			<-hashing
		}
	}
}

// Hashing is how many wait for a password to be hashed.
func Hashing() int { return len(waiting) }
