package io.mintmark.simulators;

import javax.net.ssl.SSLContext;

/**
 * A device that has enrolled, as far as putting load on a broker needs it.
 *
 * @param clientId its own
 * @param tls shows its operational certificate
 */
record LoadDevice(String clientId, SSLContext tls) {}
