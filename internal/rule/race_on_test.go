//go:build race

package rule

// raceDetector is on: sync.Pool then forgets at random, on purpose.
const raceDetector = true
