"""Ce que montrent les tableaux de bord : celui d'un organisme, celui du CARIF."""
