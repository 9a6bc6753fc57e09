// Sends messages with RudderStack's Node library and prints the ids of those that
// it believes were delivered. Fails if it gives up on any.
import Analytics from '@rudderstack/rudder-sdk-node'

const [dataPlaneUrl, writeKey, count] = process.argv.slice(2)
const failures = []
const client = new Analytics(writeKey, {
  dataPlaneUrl, flushAt: 20, flushInterval: 100, logLevel: 'silent', errorHandler: (err) => failures.push(err),
})

const deliveries = []
const send = (type, message) => deliveries.push(new Promise((done) => {
  const messageId = crypto.randomUUID()
  client[type]({ messageId, ...message }, (err) => {
    if (!err) console.log(messageId)
    done()
  })
}))

for (let i = 0; i < Number(count); i++) {
  const userId = `user-${i % 50}`
  switch (i % 6) {
    case 0: send('identify', { userId, traits: { email: `${userId}@example.com`, plan: 'team' } }); break
    case 1: send('track', { userId, event: 'Trial Started', properties: { seats: i, note: 'näıve 🚀 ]}",' } }); break
    case 2: send('page', { anonymousId: `anonymous-${i}`, name: 'Pricing', properties: { path: '/pricing' } }); break
    case 3: send('screen', { userId, name: 'Home' }); break
    case 4: send('group', { userId, groupId: `group-${i % 7}`, traits: { name: 'Acme' } }); break
    case 5: send('alias', { userId, previousId: `anonymous-${i}` }); break
  }
}
await Promise.all(deliveries)
if (failures.length > 0) {
  console.error(`${failures.length} requests were given up: ${failures[0].message}`)
  process.exit(1)
}
process.exit(0)
