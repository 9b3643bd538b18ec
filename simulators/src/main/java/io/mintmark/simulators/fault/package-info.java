/** Networks, processes and clocks that go wrong on purpose, and are right again afterwards. */
package io.mintmark.simulators.fault;
