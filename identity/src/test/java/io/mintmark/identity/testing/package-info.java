/** Test fixture shared by the modules: a PKI in two lines. */
package io.mintmark.identity.testing;
