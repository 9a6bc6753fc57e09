// Sends messages with Jitsu's library from Node and prints the ids of those that
// were delivered.
import jitsu from '@jitsu/js'
import { persistent } from './retry.mjs'

const [host, writeKey, count] = process.argv.slice(2)
const analytics = jitsu.jitsuAnalytics({
  host, writeKey, s2s: true, errorPolicy: 'rethrow', fetch: persistent((id) => console.log(id)),
})

const calls = []
for (let i = 0; i < Number(count); i++) {
  const userId = `user-${i % 50}`
  switch (i % 4) {
    case 0: calls.push(analytics.identify(userId, { email: `${userId}@example.com`, plan: 'team' })); break
    case 1: calls.push(analytics.track('Trial Started', { seats: i, note: 'näıve 🚀 ]}",' })); break
    case 2: calls.push(analytics.page('Pricing', { path: '/pricing' })); break
    case 3: calls.push(analytics.group(`group-${i % 7}`, { name: 'Acme' })); break
  }
}
await Promise.all(calls)
