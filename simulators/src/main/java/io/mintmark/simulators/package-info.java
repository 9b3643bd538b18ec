/**
 * Factories, fleets and reports that show what an installation does: the same moves against our own
 * process or any other, through the real device SDK. {@link io.mintmark.simulators.Factory} makes
 * bootstrap credentials, {@link io.mintmark.simulators.VirtualFleet} runs devices on them, {@link
 * io.mintmark.simulators.Demo} puts the whole job to the test and prints one row a claim; {@link
 * io.mintmark.simulators.EnrolStorm} measures how fast devices enrol. What may be done to the system
 * under test is {@link io.mintmark.simulators.Installation}; nothing here knows how it is built.
 */
package io.mintmark.simulators;
