// A fetch for libraries that send once only: it sends again until it has a good
// answer, and tells of each message that got one.
export const persistent = (delivered) => async (url, options) => {
  for (;;) {
    try {
      const answer = await fetch(url, options)
      if (answer.ok) {
        delivered(JSON.parse(options.body).messageId)
        return answer
      }
    } catch {
      // The network failed; what became of the message is not known.
    }
    await new Promise((done) => setTimeout(done, 50))
  }
}
