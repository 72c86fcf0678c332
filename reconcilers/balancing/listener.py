"""Listeners: the ports of a load balancer.

On an application load balancer they are its owner's: the default answers 503, and every service is reached by a rule of
its own. On a network load balancer, which has no rules, each service has a listener that leads to its target group.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from reconcilers.aws import Aws
from reconcilers.balancing.actions import Action, redirect
from reconcilers.balancing.described import balancing, elbv2_tag
from reconcilers.balancing.load_balancer import LoadBalancer
from reconcilers.balancing.target_group import TargetGroup
from reconcilers.facts import Facts
from reconcilers.keys import Key, Link
from reconcilers.ownership import tag_list
from reconcilers.reconciler import Look, Made, Reconciler
from reconcilers.resource import Hidden, Immutable, Live, Resource, Shape
from reconcilers.topology import Balancer, balanced, balancer_link, balancer_of, balancers, front_of, has_api, speaks
from specs import Instance
from specs.balancing import Listener as ListenerSpec
from specs.balancing import MutualTls

AWS_TLS_POLICY = "ELBSecurityPolicy-2016-08"
"""What AWS fills in for a listener made through the API without a policy (ledger 5.3)."""


NO_SUCH_SERVICE = Action.with_text(503, "no such service")
NOT_FOUND = Action.with_text(404, "not found")
"""Where the load balancer is the front door, and no rule has the path."""


class Certificate(Shape):
    certificate_arn: str


class MutualAuthentication(Shape):
    mode: str = "off"
    trust_store_arn: str | None = None
    """These are None where nothing is verified."""
    ignore_client_certificate_expiry: bool | None = None
    advertise_trust_store_ca_names: str | None = None


class Listener(Resource):
    load_balancer_arn: Immutable[Link]
    port: int
    protocol: str
    certificates: tuple[Certificate, ...] | None = None
    ssl_policy: str | None = None
    """None for a listener without TLS."""
    mutual_authentication: MutualAuthentication | None = None
    """None for a listener without TLS, and on a network load balancer."""
    default_actions: tuple[Action, ...] = (NO_SUCH_SERVICE,)
    known_port: Hidden[Immutable[int | None]] = None
    """The port, where callers keep its number: what a stage of a REST API serves names it until something else is
    deployed, so another port is another listener. None where callers know the listener's ARN."""


class Listeners(Reconciler[Listener]):
    kind = Listener
    needs = (LoadBalancer,)
    unmanaged = {  # noqa: RUF012  ClassVar in Reconciler
        "ListenerArn": "it is the id",
    }

    def desired(self, instance: Instance, facts: Facts) -> Iterator[tuple[Key, Listener]]:
        for balancer in balancers(instance):
            for name, spec in balancer.spec.listeners.items() if not balancer.network else ():
                want = _listener(balancer, spec, _last(balancer, spec), facts)
                known_port = _port_known(instance, spec.port)
                key = Listener.key(instance.address, balancer.part(name))
                yield key, want.model_copy(update={"known_port": known_port})
        for name in balanced(instance):
            balancer, front = balancer_of(instance), front_of(instance, name)
            if balancer.network:
                leads = Action.all_to(TargetGroup.key(instance.address, name))
                want = _listener(balancer, front.listener, leads, facts)
                yield front.key, want.model_copy(update={"known_port": _port_known(instance, front.port)})

    def observe(self, aws: Aws, look: Look) -> Iterator[Live[Listener]]:
        seen = balancing(aws, look)
        known = look.wanted(Listener)
        places = {(want.load_balancer_arn, want.port): key for key, want in known.items()}
        for found in seen.listeners:
            arn, tags = found["ListenerArn"], seen.tags.get(found["ListenerArn"], {})
            place = (found["LoadBalancerArn"], found.get("Port"))
            if key := look.whose(Listener, tags, natural=partial(places.get, place)):
                known_port = found.get("Port") if key in known and known[key].known_port is not None else None
                yield Live(key, arn, Listener.from_aws(found, known_port=known_port, tags=tags), {"arn": arn})

    def create(self, aws: Aws, key: Key, want: Listener, name: str) -> Made:
        listener = aws.elbv2.create_listener(**want.to_aws(), Tags=tag_list(want.tags or {}))["Listeners"][0]
        return {"id": listener["ListenerArn"], "arn": listener["ListenerArn"]}

    def update(self, aws: Aws, live: Live[Listener], want: Listener, changed: frozenset[str]) -> None:
        """What is said of TLS goes together: TLS is refused without a certificate, plain with one (ledger 5.3)."""
        if changed & {"protocol", "certificates", "ssl_policy"}:
            changed |= {"protocol", "certificates", "ssl_policy", "mutual_authentication"}
        aws.elbv2.modify_listener(ListenerArn=live.id, **want.to_aws(changed))

    def delete(self, aws: Aws, live: Live[Listener]) -> None:
        aws.elbv2.delete_listener(ListenerArn=live.id)

    def tag(self, aws: Aws, live: Live[Listener], put: Mapping[str, str], drop: tuple[str, ...]) -> None:
        elbv2_tag(aws, live.id, put, drop)


def _port_known(instance: Instance, port: int) -> int | None:
    return port if speaks(instance, "rest") or speaks(instance, "websocket") else None


def _mutual(spec: MutualTls | None) -> MutualAuthentication:
    if spec is None:
        return MutualAuthentication()
    if spec.trust_store is None:
        return MutualAuthentication(mode="passthrough")
    return MutualAuthentication(
        mode="verify",
        trust_store_arn=spec.trust_store,
        ignore_client_certificate_expiry=spec.ignore_expiry,
        advertise_trust_store_ca_names="on" if spec.advertise else "off",
    )


def _last(balancer: Balancer, spec: ListenerSpec) -> Action:
    """What becomes of a request that no rule takes."""
    if spec.redirect is not None:
        return redirect(balancer.spec.listeners[spec.redirect].port)
    return NO_SUCH_SERVICE if has_api(balancer.owner) else NOT_FOUND


def _listener(balancer: Balancer, spec: ListenerSpec, action: Action, facts: Facts) -> Listener:
    return Listener(
        load_balancer_arn=balancer_link(balancer, facts),
        port=spec.port,
        protocol=balancer.spec.protocol(spec),
        certificates=(Certificate(certificate_arn=spec.certificate),) if spec.certificate else None,
        ssl_policy=(spec.tls_policy or AWS_TLS_POLICY) if spec.secure else None,
        mutual_authentication=_mutual(spec.mutual_tls) if spec.secure and not balancer.network else None,
        default_actions=(action,),
    )
