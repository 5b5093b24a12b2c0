/** The English words of how a delivery ended, and what to do about it. */
export const enOutcomes = {
  delivered: { said: 'Delivered', todo: 'The receiver took it.' },
  gone: {
    said: 'No longer wanted',
    todo: 'The receiver answered that it wants no more calls. Ask whoever runs it.',
  },
  address: {
    said: 'Address not allowed',
    todo: 'The address leads into a private network or to nothing, so it was not called. Check its name, and change it under “Edit”.',
  },
  timeout: {
    said: 'No answer in time',
    todo: 'The receiver took too long. It should answer at once and work afterwards.',
  },
  name: {
    said: 'Name not found',
    todo: 'The name in the address leads nowhere. Check its spelling, and change it under “Edit”.',
  },
  nameServers: {
    said: 'Our name servers did not answer',
    todo: 'Nobody was called, and it does not count against the receiver. It is tried again by itself; if it goes on, have the network of this server looked at.',
  },
  closed: {
    said: 'Nobody answers',
    todo: 'Nothing answers at this address. Check that the receiver is running and that the address is right.',
  },
  certificate: {
    said: 'Certificate not valid',
    todo: 'The receiver’s certificate is not valid. Whoever runs it has to renew it.',
  },
  connection: {
    said: 'No connection',
    todo: 'The connection failed or broke off. Check that the receiver can be reached from the internet.',
  },
  redirect: {
    said: 'Leads elsewhere',
    todo: 'The address leads on to another one, which is not followed. Enter the final address under “Edit”.',
  },
  signature: {
    said: 'Refused by the receiver',
    todo: 'The receiver did not accept the signature. Check that it knows the current secret; if in doubt, replace the secret.',
  },
  missing: {
    said: 'Page not found',
    todo: 'There is nothing at this address on the receiver. Check the address, and change it under “Edit”.',
  },
  large: {
    said: 'Too large for the receiver',
    todo: 'The receiver takes less than what was sent. Choose fewer fields under “Edit”, or raise its limit.',
  },
  busy: {
    said: 'Receiver is busy',
    todo: 'The receiver asked for patience. There is nothing to do: it is tried again.',
  },
  rejected: {
    said: 'Refused by the receiver',
    todo: 'The receiver refused the content. What came back, below, may say why.',
  },
  broken: {
    said: 'Error at the receiver',
    todo: 'The receiver has an error of its own. Whoever runs it finds the cause in its log.',
  },
};
