// SPDX-License-Identifier: Apache-2.0

package main

import gwapi "sigs.k8s.io/gateway-api/apis/v1"

// tcpRoute is the version of the kind that this release watches.
type tcpRoute = gwapi.TCPRoute
