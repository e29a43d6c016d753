"""What a person types at the stock `openstack` command, area by area: every network command that it has.

`name = command` keeps the ID of what was made for later lines, as {name}. `command | text` must print the text.
"""

# What would make lines long.
SHORT = {
    "slaac": "--ipv6-ra-mode slaac --ipv6-address-mode slaac",
    "ssh": "--internal-ip-address 10.2.0.77 --internal-protocol-port 22",
}

STORIES = {
    "networks, subnets and ports": """
        network create n --description d --mtu 1400 --tag red
        network set n --name n2 --disable --tag blue --dns-domain example.org.
        network show n2 | "mtu": 1400
        network unset n2 --tag red
        network set n2 --name n --enable
        subnet create v4 --network n --subnet-range 10.1.0.0/24 --dns-nameserver 9.9.9.9 --tag red
        subnet create v6 --network n --subnet-range fd00:1::/64 --ip-version 6 {slaac}
        subnet set v4 --host-route destination=10.9.0.0/16,gateway=10.1.0.9
        subnet set v4 --no-allocation-pool --allocation-pool start=10.1.0.40,end=10.1.0.90
        subnet unset v4 --tag red --dns-nameserver 9.9.9.9
        subnet show v4 | 10.9.0.0/16
        subnet list --network n | 10.1.0.0/24
        port create p --network n --fixed-ip subnet=v4,ip-address=10.1.0.50 --enable-port-security --tag red
        port set p --host a1 --device vm --device-owner compute:nova --allowed-address ip-address=10.1.0.77
        port set p --extra-dhcp-option name=bootfile-name,value=x --dns-name web
        port set p --qos-policy {policy} --no-security-group
        port show p | 10.1.0.77
        port unset p --tag red --qos-policy
        port set p --no-allowed-address
        port list --network n --fixed-ip ip-address=10.1.0.50 | 10.1.0.50
        network list --long | n
        ip availability list | n
        ip availability show n | used_ips
        port delete p
        subnet delete v4 v6
        network delete n
    """,
    "subnet pools and address scopes": """
        address scope create s --share --ip-version 4
        address scope set s --name s2
        address scope list | s2
        address scope show s2 | true
        subnet pool create sp --pool-prefix 10.20.0.0/16 --default-prefix-length 26 --address-scope s2 --tag red
        subnet pool set sp --pool-prefix 10.21.0.0/16 --min-prefix-length 24 --default-quota 1000
        subnet pool unset sp --tag red
        subnet pool list | sp
        subnet pool show sp | 10.20.0.0/15
        network create pn
        subnet create ps --network pn --subnet-pool sp --prefix-length 25
        subnet show ps | /25
        subnet delete ps
        subnet pool create onto --pool-prefix 10.30.0.0/16
        subnet create os --network pn --subnet-range 10.40.0.0/24
        subnet pool add network pn onto
        network create pn2
        subnet create os2 --network pn2 --subnet-range 10.41.0.0/24
        network onboard subnet pn2 onto
        subnet delete os os2
        network delete pn pn2
        subnet pool delete sp onto
        address scope delete s2
    """,
    "routers and floating IPs": """
        network create ext --external
        subnet create exts --network ext --subnet-range 203.0.113.0/24 --no-dhcp
        network create inside
        subnet create ins --network inside --subnet-range 10.2.0.0/24
        subnet create ins2 --network inside --subnet-range 10.2.1.0/24
        router create r --description d --tag red
        router set r --name r2 --external-gateway ext --enable-snat
        router add subnet r2 ins
        rp = port create rp --network inside --fixed-ip subnet=ins2
        router add port r2 rp
        router add route r2 --route destination=10.99.0.0/16,gateway=10.2.0.9
        router show r2 | 10.99.0.0/16
        router remove route r2 --route destination=10.99.0.0/16,gateway=10.2.0.9
        router unset r2 --tag red
        router list --long | r2
        vm = port create vm --network inside --fixed-ip subnet=ins
        fip = floating ip create ext --description d --tag red
        floating ip set {fip} --port vm
        floating ip show {fip} | 10.2.0.
        floating ip list --long | {fip}
        floating ip unset {fip} --port --tag red
        vmip = port create vm2 --network inside --fixed-ip subnet=ins,ip-address=10.2.0.77
        pf = floating ip port forwarding create {fip} --port vm2 {ssh} --external-protocol-port 2222 --protocol tcp
        floating ip port forwarding set {fip} {pf} --external-protocol-port 2223 --description d
        floating ip port forwarding list {fip} | 2223
        floating ip port forwarding show {fip} {pf} | 10.2.0.77
        floating ip port forwarding delete {fip} {pf}
        floating ip delete {fip}
        helper = network l3 conntrack helper create r2 --helper tftp --protocol udp --port 69
        network l3 conntrack helper set r2 {helper} --port 70
        network l3 conntrack helper list r2 | tftp
        network l3 conntrack helper show r2 {helper} | 70
        network l3 conntrack helper delete r2 {helper}
        router unset r2 --external-gateway
        router add gateway r2 ext
        router remove gateway r2 ext
        router remove port r2 rp
        router remove subnet r2 ins
        router delete r2
        port delete vm vm2
        network delete inside ext
    """,
    "NDP proxies": """
        address scope create six --share --ip-version 6
        subnet pool create sixpool --pool-prefix fd02::/48 --default-prefix-length 64 --address-scope six --share
        network create ext6 --external
        subnet create ext6s --network ext6 --subnet-pool sixpool --ip-version 6
        network create in6
        subnet create in6s --network in6 --subnet-pool sixpool --ip-version 6 {slaac}
        router create r6 --external-gateway ext6
        router set r6 --enable-ndp-proxy
        router add subnet r6 in6s
        vm6 = port create vm6 --network in6
        router ndp proxy create r6 --name np --port vm6
        router ndp proxy set np --name np2
        router ndp proxy list | np2
        router ndp proxy show np2 | {vm6}
        router ndp proxy delete np2
        port delete vm6
        router remove subnet r6 in6s
        router delete r6
        network delete in6 ext6
        subnet pool delete sixpool
        address scope delete six
    """,
    "security groups": """
        security group create sg --description d --stateful --tag red
        security group set sg --name sg2 --stateless
        security group unset sg2 --tag red
        security group show sg2 | rules
        security group list | sg2
        rule = security group rule create sg2 --protocol tcp --dst-port 80:88 --remote-ip 10.0.0.0/8
        security group rule list sg2 | 80:88
        security group rule show {rule} | 10.0.0.0/8
        security group rule delete {rule}
        security group delete sg2
        address group create ag --address 10.0.0.1 --address 10.1.0.0/16
        address group set ag --name ag2 --address 10.2.0.0/16
        address group unset ag2 --address 10.0.0.1/32
        address group list | ag2
        address group show ag2 | 10.2.0.0/16
        address group delete ag2
        drule = default security group rule create --protocol icmp --ingress --for-custom-sg
        default security group rule list | icmp
        default security group rule show {drule} | icmp
        default security group rule delete {drule}
    """,
    "quality of service": """
        network qos policy create q --share
        network qos policy set q --name q2 --description d
        network qos policy list | q2
        qr = network qos rule create q2 --type bandwidth-limit --max-kbps 1000 --max-burst-kbits 100 --egress
        network qos rule set q2 {qr} --max-kbps 2000
        network qos rule show q2 {qr} | 2000
        network qos rule list q2 | 2000
        network qos rule delete q2 {qr}
        network qos rule type list | bandwidth_limit
        network qos rule type show bandwidth_limit | drivers
        network qos policy show q2 | rules
        network qos policy delete q2
    """,
    "sharing": """
        project create friend
        network create shared
        rbac = network rbac create shared --type network --action access_as_shared --target-project friend
        network rbac list | {rbac}
        network rbac show {rbac} | access_as_shared
        network rbac set {rbac} --target-project admin
        network rbac delete {rbac}
        network delete shared
        project delete friend
    """,
    "trunks": """
        network create tn
        port create parent --network tn
        port create child --network tn
        network trunk create t --parent-port parent
        network trunk set t --name t2 --description d --disable
        network trunk set t2 --enable --subport port=child,segmentation-type=vlan,segmentation-id=100
        network trunk show t2 | 100
        network trunk list | t2
        network subport list --trunk t2 | 100
        network trunk unset t2 --subport child
        network trunk subport add t2 child --segmentation-type vlan --segmentation-id 200
        network trunk subport list t2 | 200
        network trunk subport remove t2 child
        network trunk delete t2
        port delete parent child
        network delete tn
    """,
    "flavors": """
        fp = network flavor profile create --metainfo x
        network flavor profile set {fp} --description d --disable
        network flavor profile list | {fp}
        network flavor profile show {fp} | meta_info
        network flavor create f --service-type L3_ROUTER_NAT --description d
        network flavor set f --name f2
        network flavor add profile f2 {fp}
        network flavor show f2 | {fp}
        network flavor list | f2
        network flavor remove profile f2 {fp}
        network flavor delete f2
        network flavor profile delete {fp}
        network service provider list | L3_ROUTER_NAT
    """,
    "segments": """
        network create sn
        segment = network segment list --network sn
        network segment show {segment} | vxlan
        network segment set {segment} --name s --description d
        range = network segment range create sr --network-type vxlan --minimum 9000 --maximum 9010
        network segment range set sr --minimum 9000 --maximum 9020
        network segment range list | 9020
        network segment range show sr | 9020
        network segment range delete sr
        network delete sn
    """,
    "local IPs": """
        network create ln
        subnet create ls --network ln --subnet-range 10.3.0.0/24
        target = port create lp --network ln
        lip = local ip create --name lip --network ln --local-ip-address 10.3.0.200
        local ip set lip --name lip2
        local ip list | lip2
        local ip show lip2 | 10.3.0.200
        local ip association create lip2 {target}
        local ip association list lip2 | {target}
        local ip association delete lip2 {target}
        local ip delete lip2
        port delete lp
        network delete ln
    """,
    "metering and logging": """
        network meter create m --description d
        mr = network meter rule create m --ingress --remote-ip-prefix 10.0.0.0/8
        network meter rule list | 10.0.0.0/8
        network meter rule show {mr} | ingress
        network meter rule delete {mr}
        network meter list | m
        network meter show m | d
        network meter delete m
        network loggable resources list | security_group
        network log create lg --resource-type security_group --event ALL
        network log set lg --disable --name lg2
        network log list | lg2
        network log show lg2 | security_group
        network log delete lg2
    """,
    "a topology made up": """
        network create auto --external --default
        subnet create autos --network auto --subnet-range 203.0.113.0/25 --no-dhcp
        subnet pool create auto4 --pool-prefix 10.50.0.0/16 --default-prefix-length 26 --default --share
        network auto allocated topology create --check-resources | dry_run
        network auto allocated topology create
        network auto allocated topology delete
        subnet pool delete auto4
        network delete auto
    """,
    "quotas": """
        project create capped
        quota set --networks 3 --ports 7 capped
        quota show capped --network --usage | 7
        quota list --network | 3
        quota delete capped --network
        quota show --default | port
        project delete capped
    """,
}

# Commands that no story has, and why.
LEFT_OUT = {
    "network onboard subnets": "the new client's `network onboard subnet` hides it",
    **dict.fromkeys(
        ("network agent delete", "network agent list", "network agent set", "network agent show"),
        "agents are made by nodes: tests/lab/test_clients.py",
    ),
    **{
        f"security group default statefulness {verb}": "this client names the object as no Neutron does"
        for verb in ("create", "delete", "list", "set", "show")
    },
    "network segment create": "networks here have one segment",
    "network segment delete": "likewise",
    **dict.fromkeys(
        (
            "network agent add network",
            "network agent add router",
            "network agent remove network",
            "network agent remove router",
            "network agent router set",
        ),
        "nothing is scheduled to agents here: every node serves what its machines need",
    ),
}
